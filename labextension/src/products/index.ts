export { productView } from './plugin';
