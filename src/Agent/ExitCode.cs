namespace Sallyport.Agent;

/// <summary>Exit codes of the command line; most are those of sysexits.h.</summary>
internal static class ExitCode
{
    internal const int Success = 0;

    /// <summary>The command ran, and <c>--fail-on</c> matched.</summary>
    internal const int FailOn = 10;

    /// <summary>Wrong arguments or policy; nothing was started.</summary>
    internal const int Usage = 64;

    /// <summary>A recording, report or policy cannot be read.</summary>
    internal const int UnreadableInput = 66;

    /// <summary>The machine cannot enforce what was asked; nothing was started.</summary>
    internal const int CannotEnforce = 69;

    /// <summary>Sallyport itself failed; in block mode the command was stopped.</summary>
    internal const int SallyportFailed = 70;

    /// <summary>The output cannot be written; of <c>run</c>: nothing was started.</summary>
    internal const int CannotWrite = 73;

    /// <summary>Needs root, or capabilities that <c>doctor</c> lists.</summary>
    internal const int NotPermitted = 77;

    /// <summary>The command was found, and cannot be executed.</summary>
    internal const int NotExecutable = 126;

    /// <summary>The command was not found.</summary>
    internal const int NotFound = 127;

    /// <summary>A command that signal n ended gives this plus n.</summary>
    internal const int SignalBase = 128;
}
