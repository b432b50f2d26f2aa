import type { FormEvent, ReactNode } from 'react';
import { Form } from 'react-aria-components/Form';
import type { ApiProblem } from '../api/http.js';

interface ApiFormProps {
  readonly className: string;
  readonly problem: ApiProblem | null;
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  /** Somebody types: what was said of the last attempt no longer holds. */
  readonly onEdit: () => void;
  readonly children: ReactNode;
}

/**
 * A form whose rules are the server's: what it found wrong stands beside each field, until somebody types. (Were it taken away only
 * when the field is left, the button would move from under the pointer that left it.)
 */
export const ApiForm = ({ className, problem, onSubmit, onEdit, children }: ApiFormProps) => (
  <div className="form-place" onInput={onEdit}>
    <Form className={className} onSubmit={onSubmit} validationBehavior="aria" validationErrors={problem?.fields ?? {}}>
      {children}
    </Form>
  </div>
);
