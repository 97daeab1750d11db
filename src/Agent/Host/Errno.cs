using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>The error of the last call to libc, in words.</summary>
internal static class Errno
{
    internal static int Last => Marshal.GetLastPInvokeError();

    internal static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>An exception that says what was tried, on what, and what the kernel answered.</summary>
    internal static IOException Failure(string what) => Failure(what, Last);

    internal static IOException Failure(string what, int errno) => new($"{what}: {Describe(errno)}", errno);
}
