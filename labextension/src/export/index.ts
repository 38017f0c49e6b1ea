export { exporter } from './plugin';
