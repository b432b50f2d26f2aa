import { parseAmount } from '../money/money.js';
import { PlainField } from './plain-field.js';

interface AmountFieldProps {
  readonly label: string;
  readonly name: string;
  readonly currency: string;
  readonly text: string;
  readonly onType: (text: string) => void;
  readonly hint?: string;
  readonly isRequired?: boolean;
}

/** Money as it is typed, judged at every key: what it stands for is never known later than it is seen. */
export const AmountField = ({ currency, text, onType, ...props }: AmountFieldProps) => (
  <PlainField
    {...props}
    inputMode="decimal"
    autoComplete="off"
    value={text}
    onChange={onType}
    validate={(typed) => faultOf(typed, currency)}
  />
);

function faultOf(typed: string, currency: string): string | null {
  if (typed.trim() === '') return null;
  const read = parseAmount(typed, currency);
  return 'wrong' in read ? `“${typed}” ${read.wrong}.` : null;
}
