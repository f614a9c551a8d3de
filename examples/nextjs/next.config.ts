import type { NextConfig } from "next";

// For pages, scripts and pictures alike; those of pages alone are in proxy.ts. Browsers ignore the second one over plain HTTP.
const headers = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Strict-Transport-Security", value: "max-age=63072000" },
];

const config: NextConfig = {
  poweredByHeader: false,
  headers: async () => [{ source: "/:path*", headers }],
  // Browsers ask for it by themselves at times, whatever the page says.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/icon.svg" }],
};

export default config;
