// The word that somebody may have meant.

/** How many letters have to be changed, put in, left out or swapped. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; ++i) {
    const row = [i];
    for (let j = 1; j <= b.length; ++j) {
      const same = a[i - 1] === b[j - 1];
      const steps = [last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1)];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (i > 1 && j > 1 && swapped) steps.push(before[j - 2]! + 1);
      row.push(Math.min(...steps));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}

/** The nearest of `known`, where it is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const near = known.map((one): [number, string] => {
    return [distance(word.toLowerCase(), one.toLowerCase()), one];
  });
  const [first] = near.sort(([a], [b]) => a - b);
  return first && first[0] <= Math.max(1, Math.floor(word.length / 3)) ? first[1] : undefined;
}
