"use strict";
// The page's policy allows no inline script, so Swagger UI is started from here.
{
  const place = document.getElementById("api-docs");
  window.SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    docExpansion: "list",
    persistAuthorization: false,
    presets: [window.SwaggerUIBundle.presets.apis],
  });
}
