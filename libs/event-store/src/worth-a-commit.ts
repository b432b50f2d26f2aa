/** Events, appends or commands that are worth a commit of their own while another is in flight; fewer wait for it. */
export const WORTH_A_COMMIT = 64;
