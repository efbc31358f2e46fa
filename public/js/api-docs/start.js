// Swagger UI shows the document; nothing of it is kept in the browser.
const place = document.querySelector('#operations');
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  defaultModelsExpandDepth: 0,
  docExpansion: 'list',
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
