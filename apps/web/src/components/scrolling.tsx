import type { ReactNode } from 'react';

/** A table that may be wider or longer than its place; the keyboard can scroll it too. */
export const Scrolling = ({ label, children }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scroll" aria-label={label} tabIndex={0}>
    {children}
  </section>
);
