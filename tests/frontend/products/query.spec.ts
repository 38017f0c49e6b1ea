import { nullTranslator } from '@jupyterlab/translation';

import type { Column } from '../../../labextension/src/contract';
import {
  direction,
  filterValue,
  filterWord,
  operators,
  sorted
} from '../../../labextension/src/products/query';

const trans = nullTranslator.load('mage_jlab');
const column = (type: string): Column => ({ name: 'a', type });

describe('the order of rows', () => {
  it('goes from smallest first to largest first, and back to the stored one', () => {
    const first = sorted({}, 'n');
    expect(first.sort).toBe('n');
    const second = sorted(first, 'n');
    expect(second.sort).toBe('-n');
    expect(sorted(second, 'n').sort).toBeUndefined();
    expect(sorted(second, 'm').sort).toBe('m');
  });

  it('keeps the filters, and marks the column that sorts alone', () => {
    const filter = [{ column: 'n', op: 'gt' as const, value: 1 }];
    const order = sorted({ sort: 'n', filter }, 'n');
    expect(order).toEqual({ sort: '-n', filter });
    expect(direction(order, 'n')).toBe('descending');
    expect(direction({ sort: 'n' }, 'n')).toBe('ascending');
    expect(direction(order, 'm')).toBe('none');
  });
});

describe('filters', () => {
  it('compare as the type of the column allows', () => {
    expect(operators('large_string')[0]).toBe('contains');
    expect(operators('int64')).toContain('ge');
    expect(operators('bool')).toEqual(['eq', 'null', 'not_null']);
  });

  it('take numbers and truths as such, and all digits of large integers', () => {
    expect(filterValue(' 60 ', column('int64'))).toBe(60);
    expect(filterValue('-1.5', column('double'))).toBe(-1.5);
    expect(filterValue('9007199254740993', column('int64'))).toBe(
      '9007199254740993'
    );
    expect(filterValue('True', column('bool'))).toBe(true);
    expect(filterValue(' UA', column('large_string'))).toBe(' UA');
  });

  it('stand for nothing where the text is no value of the column', () => {
    expect(filterValue('many', column('int64'))).toBeUndefined();
    expect(filterValue('', column('double'))).toBeUndefined();
    expect(filterValue('yes', column('bool'))).toBeUndefined();
    expect(filterValue(' ', column('large_string'))).toBeUndefined();
  });

  it('are said in words', () => {
    const word = (op: 'gt' | 'null' | 'contains', value: unknown): string =>
      filterWord({ column: 'delay', op, value }, trans);
    expect(word('gt', 60)).toBe('delay > 60');
    expect(word('contains', 'U')).toBe('delay contains U');
    expect(word('null', null)).toBe('delay is null');
  });
});
