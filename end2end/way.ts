// A way to the server that counts what passes, and breaks off where it is told to.
import { connect, createServer, type AddressInfo, type Server as Listener, type Socket } from "node:net";

export class Way {
  /** What went up since the last reset, piece by piece. */
  up: Buffer[] = [];
  /** Bytes that came down since the last reset. */
  down = 0;
  /** After how many bytes that come down everything breaks off, and nothing is taken any more. */
  breaksAt = Infinity;
  readonly #listener: Listener;
  readonly #sockets = new Set<Socket>();

  private constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** A way to where `url` leads. */
  static async to(url: string): Promise<Way> {
    const port = Number(new URL(url).port);
    const listener = createServer();
    const way = new Way(listener);
    listener.on("connection", (near) => way.#pass(near, connect(port, "127.0.0.1")));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return way;
  }

  get url(): string {
    return `http://localhost:${(this.#listener.address() as AddressInfo).port}`;
  }

  get bytes(): number {
    return this.down + this.up.reduce((sum, piece) => sum + piece.length, 0);
  }

  reset(breaksAt = Infinity): void {
    this.up = [];
    this.down = 0;
    this.breaksAt = breaksAt;
  }

  close(): void {
    this.#breakOff();
    this.#listener.close();
  }

  #pass(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket.on("error", () => socket.destroy()));
      socket.on("close", () => this.#sockets.delete(socket));
    }
    if (this.down >= this.breaksAt) near.destroy();
    near.on("data", (piece) => this.up.push(piece)).pipe(far);
    near.on("close", () => far.destroy());
    far.on("error", () => near.destroy());
    far.on("end", () => near.end());
    far.on("data", (piece) => {
      const room = this.breaksAt - this.down;
      this.down += piece.length;
      if (piece.length < room) return void near.write(piece);
      near.write(piece.subarray(0, Math.max(0, room)), () => this.#breakOff());
    });
  }

  #breakOff(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
