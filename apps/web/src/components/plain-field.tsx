import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextField, type TextFieldProps } from 'react-aria-components/TextField';

interface PlainFieldProps extends Omit<TextFieldProps, 'children' | 'className'> {
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
}

/** A label, an input, a hint and what is wrong, tied together for assistive technology. */
export const PlainField = ({ label, hint, placeholder, ...props }: PlainFieldProps) => (
  <TextField {...props} className="field">
    <Label>{label}</Label>
    <Input placeholder={placeholder ?? ''} />
    {hint !== undefined && <Text slot="description">{hint}</Text>}
    <FieldError />
  </TextField>
);
