/** Figures side by side, each under its name. */
export function Tiles({ tiles }: { tiles: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="tiles">
      {tiles.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
