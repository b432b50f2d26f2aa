import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { NumberField } from 'react-aria-components/NumberField';
import { Text } from 'react-aria-components/Text';
import { toMajor, toMinor } from '../money/money.js';

interface AmountFieldProps {
  readonly label: string;
  readonly name: string;
  readonly currency: string;
  /** In minor units; null: empty. */
  readonly value: number | null;
  readonly onChange: (minor: number | null) => void;
  readonly hint?: string | undefined;
  readonly isRequired?: boolean;
  readonly isDisabled?: boolean;
}

/** Money as people type it in their language; minor units outside. */
export function AmountField({
  label,
  name,
  currency,
  value,
  onChange,
  hint,
  isRequired,
  isDisabled,
}: AmountFieldProps) {
  return (
    <NumberField
      name={name}
      className="field"
      value={value === null ? Number.NaN : toMajor(value, currency)}
      onChange={(major) => onChange(Number.isNaN(major) ? null : toMinor(major, currency))}
      minValue={0}
      formatOptions={{ style: 'currency', currency, currencyDisplay: 'narrowSymbol' }}
      isRequired={isRequired ?? false}
      isDisabled={isDisabled ?? false}
    >
      <Label>{label}</Label>
      <Input inputMode="decimal" />
      {hint !== undefined && <Text slot="description">{hint}</Text>}
      <FieldError />
    </NumberField>
  );
}
