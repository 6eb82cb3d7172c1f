// Shows new messages as they come; without scripts the page reloads itself.
const shown = Number(document.body.dataset.newest)

setInterval(async () => {
  const messages = await fetch('/messages.json').then(answer => answer.json(), () => [])
  const writing = document.activeElement?.id === 'to'
  if (messages.length && messages[0].id !== shown && !writing) location.reload()
}, 2000)
