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
