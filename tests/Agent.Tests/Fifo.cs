using System.Diagnostics;

namespace Sallyport.Agent.Tests;

/// <summary>A named pipe, which an open(2) to read waits at for somebody to write.</summary>
internal static class Fifo
{
    internal static void Make(string path)
    {
        using var process = Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
