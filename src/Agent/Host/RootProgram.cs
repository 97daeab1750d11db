namespace Sallyport.Agent.Host;

/// <summary>Which program of the system a process runs: by its file, which is root's, and not by what it calls itself.</summary>
internal static class RootProgram
{
    /// <param name="pid">Of the process.</param>
    /// <param name="names">Of files, without folders.</param>
    internal static bool IsOneOf(int pid, params ReadOnlySpan<string> names) =>
        ProcText.TryReadLink($"/proc/{pid}/exe") is { } exe && names.Contains(Path.GetFileName(exe)) && FileIdentity.Owner($"/proc/{pid}/exe") == 0;
}
