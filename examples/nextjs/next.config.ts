import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  // Browsers ask for it by themselves at times, whatever the page says.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
};

export default config;
