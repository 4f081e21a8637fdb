/** Names that a JSON text has twice in one object: parsers keep the last one and say nothing. */

/** A string, or one of the signs that begin, end and divide. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The first name that an object has twice. @param text valid JSON */
export function duplicateKey(text: string): string | null {
  const objects: (Set<string> | null)[] = []; // null is a list
  let string = "";
  for (const [found] of text.matchAll(token)) {
    if (found === "{") objects.push(new Set());
    else if (found === "[") objects.push(null);
    else if (found === "}" || found === "]") objects.pop();
    else if (found === ":") {
      const name = JSON.parse(string) as string; // two spellings may be one name
      const names = objects.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    } else if (found !== ",") string = found;
  }
  return null;
}
