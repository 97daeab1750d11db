using System.Runtime.ExceptionServices;

namespace Sallyport.Agent.Host;

/// <summary>
/// Looks at files that may be the job's, on a thread of its own: a file system in user space (fuse(4)) or of a server that is gone
/// answers when it likes, or never. A thread that gets no answer is left alone; it ends with the process. For one caller at a time.
/// </summary>
/// <param name="patience">How long a look may take.</param>
/// <param name="mostHanging">Threads that may be left alone. From then on nothing is looked at any more.</param>
internal sealed class PatientLook(TimeSpan patience, int mostHanging = PatientLook.MostHanging) : IDisposable
{
    /// <summary>Threads that may be left alone where nothing else is said.</summary>
    internal const int MostHanging = 4;

    private Hand? hand;

    /// <summary>Looks that had no answer in time, each with a thread that was left alone.</summary>
    internal int Hanging { get; private set; }

    /// <summary>False when there was no answer in time, or was none too often: what the look was to find is not known.</summary>
    /// <remarks>What it throws is thrown here.</remarks>
    internal bool TryRun(Action look)
    {
        if (Hanging >= mostHanging)
        {
            return false;
        }

        try
        {
            hand ??= new Hand();
        }
        catch (Exception e) when (Shortage.Is(e))
        {
            return false;
        }

        if (hand.TryRun(look, patience))
        {
            return true;
        }

        hand = null;
        Hanging++;
        return false;
    }

    public void Dispose() => hand?.Dispose();

    private sealed class Hand : IDisposable
    {
        private readonly SemaphoreSlim begin = new(0, 1);
        private readonly SemaphoreSlim end = new(0, 1);
        private Action? look;
        private volatile bool isLeft;
        private ExceptionDispatchInfo? failure;

        internal Hand() => new Thread(Run) { Name = "looks", IsBackground = true }.Start();

        internal bool TryRun(Action what, TimeSpan patience)
        {
            look = what;
            _ = begin.Release();
            if (!end.Wait(patience))
            {
                isLeft = true;
                return false;
            }

            failure?.Throw();
            return true;
        }

        /// <summary>The thread ends when it has nothing to do, which is now.</summary>
        public void Dispose()
        {
            look = null;
            _ = begin.Release();
        }

        private void Run()
        {
            while (!isLeft)
            {
                begin.Wait();
                if (look is not { } what)
                {
                    return;
                }

                failure = null;
                try
                {
                    what();
                }
                catch (OutOfMemoryException e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }

                _ = end.Release();
            }
        }
    }
}
