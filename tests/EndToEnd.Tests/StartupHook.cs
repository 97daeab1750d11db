using System.Net.Sockets;

/// <summary>
/// For DOTNET_STARTUP_HOOKS, which .NET looks up by this name, without a namespace: what leaver.so does by LD_PRELOAD, before a program's
/// own first line.
/// </summary>
internal static class StartupHook
{
#pragma warning disable RS0030 // It is run in another program's process, which has no other way to tell it.
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("LEAVER_NAME") is not { } name || Path.GetFileName(Environment.ProcessPath) != name)
        {
            return;
        }

        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        string said = "through";
        try
        {
            socket.Connect(Environment.GetEnvironmentVariable("LEAVER_ADDRESS")!, 80);
            _ = socket.Send("GET /hooked HTTP/1.1\r\nHost: hooked.test\r\n\r\n"u8);
        }
        catch (SocketException e)
        {
            said = e.SocketErrorCode == SocketError.AccessDenied ? "refused" : e.Message;
        }

        File.AppendAllText(Environment.GetEnvironmentVariable("LEAVER_LOG")!, $"hook {said}\n");
    }
#pragma warning restore RS0030
}
