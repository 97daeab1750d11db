namespace Sallyport.Agent.Commands;

/// <summary>One line of <c>doctor</c>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Available">Whether this machine has it.</param>
/// <param name="Needed"><c>observe</c>: nothing works without it; <c>enforce</c>: block mode needs it; <c>optional</c>.</param>
/// <param name="Detail">What was found, or why it is missing and what would help.</param>
internal sealed record MachineCheck(string Name, bool Available, string Needed, string Detail)
{
    internal const string ToObserve = "observe";
    internal const string ToEnforce = "enforce";
    internal const string Optional = "optional";
}
