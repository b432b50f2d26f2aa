/** A local date and time as a form has it, in ISO 8601 UTC. */
export function isoOrUndefined(value: FormDataEntryValue | null): string | undefined {
  const text = String(value ?? '').trim();
  return text === '' ? undefined : new Date(text).toISOString();
}

/** NaN stays NaN: the server says what is wrong with it. */
export function numberOrUndefined(value: FormDataEntryValue | null): number | undefined {
  const text = String(value ?? '').trim();
  return text === '' ? undefined : Number(text);
}
