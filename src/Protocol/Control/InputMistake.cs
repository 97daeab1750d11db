namespace Sallyport.Protocol.Control;

/// <summary>Something in an input that cannot be accepted.</summary>
/// <param name="Input">Name of the input; of a policy file's content, <c>policy-file</c>.</param>
/// <param name="Line">In the input's text or the file, from 1; 0 where there are no lines.</param>
/// <param name="Column">From 1, in characters; 0 where there are none.</param>
/// <param name="Value">What stands there, unescaped, cut in the middle; empty for a secret, or when something is missing.</param>
/// <param name="Accepted">What would be accepted.</param>
/// <param name="Message">The problem, without full stop.</param>
public sealed record InputMistake(string Input, int Line, int Column, string Value, string Accepted, string Message)
{
    /// <summary>Stands for mistakes that a message has no room for.</summary>
    internal static InputMistake More(int count) => new("inputs", 0, 0, "", "none", $"{count} more mistakes");
}
