// Names of those who are no people.

/** Who does something without being a person with an account. */
export const actors: Record<string, string> = {
  "": "Whereabouts",
  demo: "The demo",
  operator: "The server's operator",
  anonymous: "Somebody who was not signed in",
  setup: "The first start",
  gazetteer: "The gazetteer",
};
