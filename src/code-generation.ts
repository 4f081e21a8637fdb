/** Whether the page or program may make code from text. */

let allowed: boolean | undefined;

/** Asks once, for a page reports every refusal. A content security policy without 'unsafe-eval' forbids it, trusted types do,
 * and so does Node's `--disallow-code-generation-from-strings`. */
export function mayGenerateCode(): boolean {
  allowed ??= isAllowed();
  return allowed;
}

/** What to say of it where it is needed. */
export const forbiddenCode = "is forbidden here (a content security policy without 'unsafe-eval')";

function isAllowed(): boolean {
  try {
    new Function("");
    return true;
  } catch {
    return false;
  }
}
