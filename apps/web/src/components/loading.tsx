/** The place of something that is under way: grey, and no guess at what it will say. */
export const Loading = ({ rows = 3 }: { rows?: number }) => (
  <div className="loading" role="status" aria-label="Loading">
    {Array.from({ length: rows }, (_, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: bars that are all the same
      <span key={i} />
    ))}
  </div>
);
