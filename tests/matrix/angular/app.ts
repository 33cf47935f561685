import { afterNextRender, Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';

@Component({ selector: 'app-root', template: '' })
class App {
  constructor() {
    afterNextRender(() => import('./main.js'));
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
