/**
 * What runs under Robolectric. All of it draws natively: each mode has a class loader of its own,
 * and a library belongs to one of a process.
 */
@GraphicsMode(GraphicsMode.Mode.NATIVE)
package io.waymark.android;

import org.robolectric.annotation.GraphicsMode;
