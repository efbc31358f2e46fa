// Whoever is searched for and not found is new: what was typed stands in the field where it belongs, as long as nobody changes it there.

let carried = null;

function fieldFor(text, { phone, plate, email, customerName, name = customerName }) {
  if (text.includes('@')) return email;
  if (!/[^\d\s()+./-]/.test(text)) return phone;
  return /\d/.test(text) ? plate : name;
}

function carry({ form, value }) {
  if (carried && carried.field.value === carried.text) carried.field.value = '';
  carried = null;
  const text = value.trim();
  if (text === '' || form.querySelector('[data-match]')) return;
  const field = fieldFor(text, form.elements);
  if (field?.value !== '') return;
  field.value = text;
  carried = { field, text };
}

document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
  if (ctx.target?.id === 'matches') carry(document.getElementById('find'));
});
// What was looked up before this script was there.
const find = document.querySelector('#find[hx-target="#matches"]');
if (find && find.value !== find.defaultValue) carry(find);
