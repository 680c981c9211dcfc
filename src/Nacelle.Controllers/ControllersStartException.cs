namespace Nacelle.Controllers;

/// <summary>The controllers can't start; the message is one line for the person who started them.</summary>
public sealed class ControllersStartException(string message, Exception? inner = null) : Exception(message, inner);
