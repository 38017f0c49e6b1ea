/**
 * The type of a column as people say it: how long its texts may be in all is Arrow's own matter.
 */
export function columnType(type: string): string {
  return type.replace(/\blarge_/g, '');
}
