// What the code may not do.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

import svelteConfig from "./svelte.config.js";

const limits = {
  "max-lines": ["error", 400],
  "max-lines-per-function": ["error", { max: 90, skipComments: true }],
  "no-console": "error",
  eqeqeq: ["error", "always", { null: "ignore" }],
};

export default ts.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "src/api/schema.d.ts",
      "src/browser/generated",
      ".svelte-kit",
    ],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: {
          allowDefaultProject: ["*.js", "src/offline/*.js"],
        },
        extraFileExtensions: [".svelte"],
      },
    },
    rules: {
      ...limits,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // Addresses go through the router, which takes plain paths.
      "svelte/no-navigation-without-resolve": "off",
      "svelte/prefer-svelte-reactivity": "off",
      // The linter does not see the types of components; svelte-check does, and refuses `any`.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-plus-operands": "off",
      // `void it` says that an effect depends on it.
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // svelte-check knows which of the compiler's warnings there are; the linter sees other ones.
      "svelte/no-unused-svelte-ignore": "off",
    },
  },
  {
    files: ["scripts/**", "bench/**", "*.config.*", "e2e/**"],
    ...ts.configs.disableTypeChecked,
    languageOptions: { globals: globals.node },
  },
  {
    files: ["scripts/**", "bench/**"],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { "no-console": "off" },
  },
  {
    files: ["src/offline/**"],
    ...ts.configs.disableTypeChecked,
    languageOptions: { globals: globals.serviceworker },
  },
  { files: ["src/words/**", "**/*.test.ts", "e2e/**"], rules: { "max-lines-per-function": "off" } },
);
