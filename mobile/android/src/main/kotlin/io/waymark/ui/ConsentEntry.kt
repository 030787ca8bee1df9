package io.waymark.ui

import android.app.Activity
import android.content.Context
import android.content.ContextWrapper
import android.util.AttributeSet
import android.widget.Button
import io.waymark.Waymark

/**
 * The way back to each decision, for a place of the app that is always there, such as its settings.
 * Where nobody is asked before (`opt_out`, `notice`) the law wants one, and wants it to say so: its
 * words are then "Your privacy choices", else "Privacy settings", in the person's language.
 */
class ConsentEntry @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : Button(context, attributes, android.R.attr.borderlessButtonStyle) {
    private var waymark: Waymark? = null
    private val viewed = Runnable(::name)

    init {
        isAllCaps = false
        minHeight = (TARGET_DP * resources.displayMetrics.density).toInt()
    }

    /** To be called once; a press then opens the settings. */
    fun attach(waymark: Waymark) {
        this.waymark = waymark
        if (isAttachedToWindow) waymark.addViewListener(viewed)
        name()
        setOnClickListener { activity()?.let { ConsentDialog.showSettings(it, waymark) } }
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        waymark?.addViewListener(viewed)
    }

    override fun onDetachedFromWindow() {
        waymark?.removeViewListener(viewed)
        super.onDetachedFromWindow()
    }

    private fun name() {
        text = waymark?.consent?.screens(resources.configuration.languages())?.entryWords ?: return
    }

    private fun activity(): Activity? =
        generateSequence(context) { (it as? ContextWrapper)?.baseContext }
            .filterIsInstance<Activity>().firstOrNull()

    private companion object {
        const val TARGET_DP = 48
    }
}
