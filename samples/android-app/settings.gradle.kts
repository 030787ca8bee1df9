pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "waymark-sample"
include(":app", ":waymark")
project(":waymark").projectDir = file("../../mobile/android")
