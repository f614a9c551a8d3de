/** A key, seen from the front. */
export function KeyMark() {
  return (
    <svg className="mark" viewBox="4 4 16 24" aria-hidden="true">
      <path d="M12 4a8 8 0 0 0-1.5 15.86V28h3v-2.5H17v-3h-3.5v-2.64A8 8 0 0 0 12 4Zm0 4.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6Z" />
    </svg>
  );
}
