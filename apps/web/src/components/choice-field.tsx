import { useId } from 'react';

interface ChoiceFieldProps<Value extends string> {
  readonly label: string;
  readonly name: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: Readonly<Record<Value, string>>;
  readonly hint?: string;
}

/** One of a few: the browser's own list, which every phone shows in its way. */
export function ChoiceField<Value extends string>({
  label,
  name,
  value,
  onChange,
  choices,
  hint,
}: ChoiceFieldProps<Value>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        name={name}
        value={value}
        onChange={(event) => onChange(event.target.value as Value)}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
      >
        {Object.entries<string>(choices).map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
