/** After a refused submit: the first field that is wrong gets the focus, so that its error is seen and read out. */
export function focusInvalid(form: HTMLFormElement): void {
  // the fields are marked by the drawing that follows this event
  setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), 50);
}
