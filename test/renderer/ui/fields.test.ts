import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import CheckField from '../../../src-renderer/ui/CheckField.vue'
import NumberField from '../../../src-renderer/ui/NumberField.vue'
import SelectField from '../../../src-renderer/ui/SelectField.vue'
import TextField from '../../../src-renderer/ui/TextField.vue'

describe('a field', () => {
  it('has its label, and what is wrong beside it', async () => {
    const field = mount(TextField, { props: { label: 'Name', modelValue: '', hint: 'of the table' } })
    const input = field.get('input')
    expect(field.get('label').attributes('for')).toBe(input.attributes('id'))
    expect(field.get(`#${input.attributes('aria-describedby')}`).text()).toBe('of the table')
    expect(input.attributes('aria-invalid')).toBeUndefined()
    await field.setProps({ error: 'There is one already.' })
    expect(field.get(`#${input.attributes('aria-describedby')}`).text()).toBe('There is one already.')
    expect(input.attributes('aria-invalid')).toBe('true')
    await field.get('input').setValue('users')
    expect(field.emitted('update:modelValue')).toEqual([['users']])
  })

  it('of a number tells what is none from what is empty, and counts with the arrow keys within its bounds', async () => {
    const field = mount(NumberField, { props: { label: 'Stores', modelValue: 3, min: 1, max: 4 } })
    const input = field.get('input')
    expect(input.attributes('role')).toBe('spinbutton')
    await input.setValue('x')
    await input.setValue('')
    await input.setValue('2')
    expect(field.emitted('update:modelValue')).toEqual([[NaN], [undefined], [2]])
    await field.setProps({ modelValue: 4 })
    await input.trigger('keydown', { key: 'ArrowUp' })
    await input.trigger('keydown', { key: 'ArrowDown' })
    expect(field.emitted('update:modelValue')?.slice(3).flat().at(-1)).toBe(3)
  })

  it('of a choice and of yes or no are the system’s own', async () => {
    const select = mount(SelectField<number>, {
      props: { label: 'Engine', modelValue: 1, options: [1, 2].map((value) => ({ value, label: `E${value}` })) },
    })
    await select.get('select').setValue('2')
    expect(select.emitted('update:modelValue')).toEqual([[2]])
    const check = mount(CheckField, { props: { label: 'Null', modelValue: false } })
    await check.get('input').setValue(true)
    expect(check.emitted('update:modelValue')).toEqual([[true]])
  })
})
