package io.waymark.ui

import io.waymark.Choice
import io.waymark.ConsentState
import io.waymark.ui.ConsentScreen.Row

/** How the switches of the settings stand: as the engine says, save those that were moved. */
internal class Switches(
    private val policy: Policy,
    private val state: ConsentState,
    moved: Map<String, Boolean>,
) {
    private val all = policy.purposes.filter { it.isOpen(state) }.map { it.id } +
        policy.vendors.map { ConsentScreens.VENDOR + it.id }.filter { it in state.purposes }

    private val on = settle(all.filter { isFree(it, moved[it]) ?: wasOn(it) }.toMutableSet())

    /** Those that are the person's to decide as things are. */
    val open = all.filterNot(::isImposed)

    /** Whether each of these is on. */
    val standing: Map<String, Boolean> get() = open.associateWith { it in on }

    fun row(id: String, name: String) =
        Row.Switch(id, name, id in on, !isImposed(id) && !isMissing(id, on))

    /** All purposes as they stand; of the vendors those that were moved. */
    fun chosen(): Map<String, Choice> = open
        .filterNot { ConsentScreens.isVendor(it) && (it in on) == wasOn(it) }
        .associateWith { if (it in on) Choice.GRANTED else Choice.DENIED }

    private fun isFree(id: String, moved: Boolean?) = moved.takeUnless { isImposed(id) }

    private fun isImposed(id: String) = state.purposes[id]?.isImposed == true

    private fun wasOn(id: String) = state.purposes[id]?.state == "granted"

    // What needs another purpose can be on only while that is. Once for each: what needs one that
    // needs another is settled by then.
    private fun settle(on: MutableSet<String>): Set<String> {
        for (round in policy.purposes) {
            for (purpose in policy.purposes) if (isMissing(purpose.id, on)) on.remove(purpose.id)
        }
        return on
    }

    private fun isMissing(id: String, on: Set<String>): Boolean {
        val requires = policy.purposes.firstOrNull { it.id == id }?.requires.orEmpty()
        return requires.any { it in all && it !in on }
    }
}
