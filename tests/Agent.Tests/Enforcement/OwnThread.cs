using System.Runtime.InteropServices;

namespace Sallyport.Agent.Tests.Enforcement;

/// <summary>A thread with fewer rights than the process, or in a network namespace of its own; it ends with what it was for.</summary>
internal static partial class OwnThread
{
    internal const int NetworkAdministration = 12; // CAP_NET_ADMIN
    internal const int SystemAdministration = 21; // CAP_SYS_ADMIN
    private const uint ThirdVersion = 0x2008_0522; // capset(2)
    private const int NewNetwork = 0x4000_0000;

    /// <summary>Without that capability, as are the threads that it starts.</summary>
    internal static void Without(int capability, Action body) => Run(() =>
    {
        uint[] header = [ThirdVersion, 0];
        uint[] data = new uint[6]; // effective, permitted, inheritable; again for the capabilities from 32 on
        Assert.Equal(0, capget(header, data));
        data[0] &= ~(1u << capability);
        Assert.Equal(0, capset(header, data));
        body();
    });

    internal static void InOwnNetwork(Action body) => Run(() =>
    {
        Assert.Equal(0, unshare(NewNetwork));
        body();
    });

    private static void Run(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(body));
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int capget([In] uint[] header, [Out] uint[] data);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int capset([In] uint[] header, [In] uint[] data);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int unshare(int flags);
}
