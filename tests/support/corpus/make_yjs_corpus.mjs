// Makes yjs_13_6.json: what a stock Yjs client sends. Run where `npm i yjs@13.6` was done: node make_yjs_corpus.mjs > yjs_13_6.json
import * as Y from 'yjs'

const hex = (bytes) => Buffer.from(bytes).toString('hex')
const people = { 11: 'dana', 12: 'ruth', 13: 'priya' }
const scenarios = []
const sorted = (value) => JSON.stringify(value, (_, v) => v && v.constructor === Object
  ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v)

class Story {
  constructor (name, options = {}) {
    this.name = name
    this.server = new Y.Doc({ gc: false })
    this.steps = []
    this.clients = new Map()
    this.options = options
  }

  client (id, options = {}) {
    const doc = new Y.Doc({ gc: true, ...options })
    doc.clientID = id
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.server), 'server')
    const client = { id, doc, online: true, later: [] }
    doc.on('update', (update, origin) => {
      if (origin !== 'server' && client.online) this.send(client, 'update', update)
    })
    this.clients.set(id, client)
    return client
  }

  send (client, kind, update) {
    this.steps.push({ client_id: client.id, participant_id: people[client.id], kind, update: hex(update) })
    Y.applyUpdate(this.server, update)
    for (const other of this.clients.values()) {
      if (other === client) continue
      if (other.online) Y.applyUpdate(other.doc, update, 'server')
      else other.later.push(update)
    }
  }

  offline (client) { client.online = false }

  back (client, { stateVector = Y.encodeStateVector(this.server), first = 'server' } = {}) {
    if (first === 'server') this.catchUp(client)
    this.send(client, 'step_two', Y.encodeStateAsUpdate(client.doc, stateVector))
    if (first !== 'server') this.catchUp(client)
    client.online = true
  }

  catchUp (client) {
    for (const update of client.later) Y.applyUpdate(client.doc, update, 'server')
    client.later = []
  }

  end () {
    const roots = {}
    for (const name of [...this.server.share.keys()].sort()) {
      roots[name] = name.startsWith('text:') || name.startsWith('words:')
        ? this.server.getText(name).toString() : this.server.getMap(name).toJSON()
    }
    for (const { id, doc } of this.clients.values()) {
      for (const [name, value] of Object.entries(roots)) {
        const mine = typeof value === 'string' ? doc.getText(name).toString() : doc.getMap(name).toJSON()
        if (sorted(mine) !== sorted(value)) throw new Error(`${this.name}: ${id} differs in ${name}`)
      }
    }
    scenarios.push({ name: this.name, steps: this.steps, roots })
  }
}

const type = (text, at, words) => { for (const letter of words) { text.insert(at, letter); at += letter.length } }

const plain = { steps: ['who', 'by_when', 'order'] }
const card = (doc, root, id, fields) => {
  doc.transact(() => {
    const made = new Y.Map()
    doc.getMap(root).set(id, made)
    for (const [name, value] of Object.entries(fields)) {
      made.set(name, typeof value === 'string' && !(plain[root] ?? ['order', 'by']).includes(name) ? new Y.Text(value) : value)
    }
  })
  return doc.getMap(root).get(id)
}

{
  const story = new Story('typed letter by letter, with deletes')
  const dana = story.client(11); const ruth = story.client(12)
  const text = dana.doc.getText('text:decision_question')
  type(text, 0, 'Where will Lee live for now?')
  text.delete(5, 5); text.insert(5, ' can'); type(ruth.doc.getText('text:decision_question'), 0, 'Together: ')
  text.delete(0, 3); text.insert(2, 'ñandú 家族'); story.end()
}
{
  const story = new Story('typed and deleted while offline')
  const dana = story.client(11); const ruth = story.client(12)
  type(ruth.doc.getText('text:decision_question'), 0, 'Where will Lee sleep?')
  story.offline(dana)
  const text = dana.doc.getText('text:decision_question')
  type(text, 6, 'and how '); text.delete(4, 6); type(text, 4, 'else '); text.delete(5, 2)
  type(dana.doc.getText('words:dana'), 0, 'I am tired'); dana.doc.getText('words:dana').delete(0, 10)
  type(ruth.doc.getText('text:decision_question'), 3, 'xyz')
  story.back(dana); type(text, 0, 'So: '); story.end()
}
for (const options of [{ gc: true }, { gc: false }]) {
  const story = new Story(`card made and deleted while offline, gc ${options.gc}`)
  const dana = story.client(11, options); const ruth = story.client(12)
  card(ruth.doc, 'cards:strengths', 'c1', { order: 'a0', by: 'ruth', text: 'Ruth lives close by' })
  story.offline(dana)
  card(dana.doc, 'cards:strengths', 'c2', { order: 'a1', by: 'dana', text: 'School knows us' })
  type(dana.doc.getMap('cards:strengths').get('c2').get('text'), 3, ' really')
  dana.doc.getMap('cards:strengths').delete('c2')
  card(dana.doc, 'cards:strengths', 'c3', { order: 'a2', by: 'dana', text: 'Lee paints' })
  dana.doc.getMap('cards:strengths').delete('c1')
  story.back(dana); story.end()
}
for (const first of ['server', 'client']) {
  const story = new Story(`typing into a card someone else deleted, ${first} first`)
  const dana = story.client(11); const ruth = story.client(12)
  card(ruth.doc, 'cards:worries', 'w1', { order: 'a0', by: 'ruth', text: 'Night shifts' })
  story.offline(dana)
  const text = dana.doc.getMap('cards:worries').get('w1').get('text')
  type(text, 5, ' long'); text.delete(0, 2)
  const w1 = dana.doc.getMap('cards:worries').get('w1'); w1.set('order', 'a5')
  ruth.doc.getMap('cards:worries').delete('w1')
  story.back(dana, { first })
  type(text, 0, 'too late'); w1.set('order', 'a6'); w1.set('text', new Y.Text('again')); story.end()
}
{
  const story = new Story('emoji')
  const dana = story.client(11)
  const text = dana.doc.getText('words:dana')
  text.insert(0, 'Wir 👨‍👩‍👧 sind 😀 da'); text.insert(4, '🏠'); text.delete(4, 2); type(text, 0, ['é', '😀', 'ü']); story.end()
}
{
  const story = new Story('step 2 of everything, again and again')
  const dana = story.client(11); const ruth = story.client(12)
  type(dana.doc.getText('words:dana'), 0, 'My own words'); dana.doc.getText('words:dana').delete(0, 3)
  type(ruth.doc.getText('words:ruth'), 0, 'Grandmother speaks'); ruth.doc.getText('words:ruth').delete(2, 5)
  story.send(ruth, 'step_two', Y.encodeStateAsUpdate(ruth.doc))
  story.offline(dana)
  type(dana.doc.getText('words:dana'), 0, 'more ')
  story.back(dana, { stateVector: new Uint8Array([0]) })
  story.send(dana, 'step_two', Y.encodeStateAsUpdate(dana.doc, new Uint8Array([0])))
  story.end()
}
{
  const story = new Story('step 2 that overlaps in the middle of an item')
  const dana = story.client(11)
  const text = dana.doc.getText('text:decision_question')
  type(text, 0, 'abc')
  const early = Y.encodeStateVector(dana.doc)
  type(text, 3, 'defg')
  story.offline(dana); type(text, 7, 'hij')
  story.back(dana, { stateVector: early }); story.end()
}
{
  const story = new Story('undo and redo')
  const dana = story.client(11); const ruth = story.client(12)
  card(ruth.doc, 'cards:family_time', 'f1', { order: 'a0', by: 'ruth', text: 'Sundays', frequency: 'weekly', place_note: '', supervision: 'none' })
  const undo = new Y.UndoManager([dana.doc.getMap('cards:family_time'), dana.doc.getText('words:dana')], { captureTimeout: 0 })
  dana.doc.getMap('cards:family_time').delete('f1'); undo.undo()
  type(dana.doc.getText('words:dana'), 0, 'hello'); undo.undo(); undo.redo(); undo.undo(); story.end()
}
{
  const story = new Story('action steps')
  const priya = story.client(13); const dana = story.client(11)
  const step = card(priya.doc, 'steps', 's1', { what: 'Call the school', who: '', by_when: '', order: 'a0', done: false })
  step.set('who', 'dana'); step.set('who', 'Aunt Rosa'); step.set('by_when', '2026-12-04'); step.set('done', true)
  story.offline(dana)
  const mine = dana.doc.getMap('steps').get('s1'); mine.set('done', false); mine.set('who', 'ruth'); mine.set('who', 'dana')
  type(mine.get('what'), 0, 'Please: '); step.set('by_when', '2026-12-05'); story.back(dana)
  card(dana.doc, 'steps', 's2', { what: '', who: 'Dana', by_when: '2026-12-24', order: 'Zz', done: false }); story.end()
}
// No code unit of a pair is ever cut off: the browser's binding works on whole characters.
const whole = (text, at) => { const code = text.toString().charCodeAt(at); return code >= 0xDC00 && code <= 0xDFFF ? at - 1 : at }
for (const [name, letters] of [['', [...'abcdefghij']], [' in many scripts', [...'añ家éßю😀🏠']]]) {
  const story = new Story(`two thousand seeded edits of three people${name}`)
  let seed = 20261121
  const random = (below) => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return seed % below }
  const all = [11, 12, 13].map((id) => story.client(id))
  for (let number = 0; number < 2000; number++) {
    const who = all[random(3)]
    if (who.online && random(40) === 0) story.offline(who)
    else if (!who.online && random(10) === 0) story.back(who, { first: ['server', 'client'][random(2)] })
    const map = who.doc.getMap('cards:safety_plan')
    const ids = [...map.keys()].sort()
    const deed = random(20)
    if (deed === 0 || ids.length === 0) {
      card(who.doc, 'cards:safety_plan', `k${number}`, { order: `a${number}`, by: people[who.id], threat: '', text: 'start', who: '', when: '', backup: '' })
    } else if (deed === 1) map.delete(ids[random(ids.length)])
    else if (deed === 2) map.get(ids[random(ids.length)]).set('order', `b${number}`)
    else {
      const text = deed < 6 ? who.doc.getText(`words:${people[who.id]}`) : map.get(ids[random(ids.length)]).get(['threat', 'text', 'backup'][random(3)])
      if (text === undefined) continue
      if (random(3) && text.length < 40) text.insert(whole(text, random(text.length + 1)), letters[random(letters.length)].repeat(1 + random(3)))
      else if (text.length) { const at = whole(text, random(text.length)); const end = whole(text, at + 1 + random(4)); text.delete(at, Math.min(Math.max(end, at), text.length) - at) }
    }
  }
  for (const who of all) if (!who.online) story.back(who)
  story.end()
}

console.log(JSON.stringify(scenarios, null, 0).replaceAll('{"client_id"', '\n{"client_id"'))
