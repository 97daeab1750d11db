using System.ComponentModel;
using System.Net.Sockets;
using Sallyport.Agent.Enforcement;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Tests.Enforcement;

public sealed class SocketDiagnosisTests : IDisposable
{
    private readonly TestConnection connection = new();

    public SocketDiagnosisTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "sockets are root's to destroy");

    public void Dispose() => connection.Dispose();

    [Fact]
    public void A_socket_is_destroyed_once_and_its_client_is_told()
    {
        using var sockets = new SocketDiagnosis();
        Assert.True(sockets.TryDestroy(connection.Cookie));
        Assert.True(connection.HasEnded);
        Assert.False(sockets.TryDestroy(connection.Cookie));
        Assert.Equal(0, sockets.WhyNot());
    }

    /// <summary>As one without CONFIG_INET_DIAG_DESTROY does, with another number.</summary>
    [Fact]
    public void That_the_kernel_does_not_do_it_is_told() => OwnThread.Without(OwnThread.NetworkAdministration, () =>
    {
        using var sockets = new SocketDiagnosis();
        Assert.Equal(Native.EPERM, Assert.Throws<Win32Exception>(() => sockets.TryDestroy(connection.Cookie)).NativeErrorCode);
        Assert.False(connection.HasEnded);
        Assert.False(sockets.TryDestroy(ulong.MaxValue - 1));
    });
}
