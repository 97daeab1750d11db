using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>
/// Work on files with the rights of the calling user, although this process is root: what it writes belongs to that
/// user, and a link that the user (or the job) put in the way leads only where the user may go. The identity is that
/// of one thread, which ends with the work; setfsuid(2) takes away root's power over files with it.
/// </summary>
internal sealed class UserFiles(UserAccount user)
{
    internal void Run(Action work)
    {
        if (Interop.Libc.geteuid() != 0 || user.User == 0)
        {
            work();
            return;
        }

        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                TakeOnIdentity();
                work();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private unsafe void TakeOnIdentity()
    {
        // glibc's setgroups changes the whole process; the system call changes this thread alone.
        var number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 116,
            Architecture.Arm64 => 159,
            var other => throw new IOException($"files cannot be written for another user on {other}"),
        };
        fixed (uint* groups = user.Groups.ToArray())
        {
            if (Interop.Libc.syscall(number, user.Groups.Length, (nint)groups, 0, 0) != 0)
            {
                throw Errno.Failure("setgroups");
            }
        }

        _ = Interop.Libc.setfsgid(user.Group);
        _ = Interop.Libc.setfsuid(user.User);
        if (Interop.Libc.setfsuid(user.User) != user.User)
        {
            throw new IOException($"the rights of user {user.Name} could not be taken on");
        }
    }
}
