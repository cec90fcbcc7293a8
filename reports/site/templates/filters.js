/* Filters that only the board of a site has. */
demand("#filter-delay", "input", ({ delay }) => within(delay, -Infinity, bound("#filter-delay", Infinity)));
demand("#filter-macs", "input", ({ macs }) => within(macs, -Infinity, 1e9 * bound("#filter-macs", Infinity)));
demand("#filter-licence", "change", ({ licence }) => {
  const { value } = one("#filter-licence");
  return value === "" || licence.split("|").includes(value);
});
demand("#filter-paper", "input", ({ paper }) =>
  paper.toLowerCase().includes(one("#filter-paper").value.trim().toLowerCase()));
one(".filters").addEventListener("submit", (event) => event.preventDefault());
