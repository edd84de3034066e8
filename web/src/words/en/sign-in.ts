// Words of signing in and of the first start.

export const signIn = {
  title: "Sign in",
  lead: "Where every package is, and how we know.",
  name: "Name",
  password: "Password",
  submit: "Sign in",
  company: (name: string) => `Sign in with ${name}`,
  or: "or",
  linkExpired: "That link was used or is too old. Sign in here, or ask for a new link.",
  /** Why the company's sign-in led back here, by what the address says. */
  refused: {
    denied: "The company's sign-in was broken off. Try again when you are ready.",
    expired: "That took too long, or was begun in another browser. Begin anew.",
    failed: "The company's sign-in did not work. Try again; if it stays so, tell an administrator.",
    not_admitted:
      "You are signed in at your company, but not let in here. An administrator can change that.",
    unavailable: "The company's sign-in cannot be reached right now. Try again in a while.",
  },
  noPasswords: "People of your company sign in through it.",
  setupTitle: "Set up Whereabouts",
  setupLead:
    "The server showed a setup token when it first started. It makes you the first administrator.",
  token: "Setup token",
  ownName: "Your login name",
  newPassword: "A password",
  newPasswordHint: "At least 12 characters",
  setupSubmit: "Set up",
  toSetup: "First start? Set up with a token",
  toSignIn: "Sign in instead",
};
